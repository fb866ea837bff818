from django.urls import path

from jobs import views

urlpatterns = [
    path("jobs/<int:job_id>/", views.job, name="job"),
    path("jobs/<int:job_id>/stop/", views.job_stop, name="job_stop"),
]
