from django.urls import path

from cuelight.documents import comment_views, entry_views, mention_views, sharing_views, views

urlpatterns = [
    path("documents", views.document_list),
    path("documents/new", views.new),
    path("documents/<int:document_id>", views.document),
    path("documents/<int:document_id>/text", views.text),
    path("documents/<int:document_id>/suggest", mention_views.suggest),
    path("documents/<int:document_id>/products", mention_views.products),
    path("documents/<int:document_id>/rename", views.rename),
    path("documents/<int:document_id>/duplicate", views.duplicate),
    path("documents/<int:document_id>/bin", views.bin_document),
    path("documents/<int:document_id>/restore", views.restore),
    path("documents/<int:document_id>/comments", comment_views.listed),
    path("documents/<int:document_id>/comments/add", comment_views.add),
    path("documents/<int:document_id>/comments/<uuid:thread_id>/reply", comment_views.reply),
    path("documents/<int:document_id>/comments/<uuid:thread_id>/resolve", comment_views.resolve),
    path("documents/<int:document_id>/comments/messages/<uuid:message_id>/edit", comment_views.edit),
    path("documents/<int:document_id>/comments/messages/<uuid:message_id>/delete", comment_views.delete),
    path("documents/<int:document_id>/leave", sharing_views.leave),
    path("documents/<int:document_id>/sharing", sharing_views.panel),
    path("documents/<int:document_id>/sharing/everyone", sharing_views.everyone),
    path("documents/<int:document_id>/sharing/invite", sharing_views.invite),
    path("documents/<int:document_id>/sharing/people/<int:person_id>", sharing_views.person),
    path("documents/<int:document_id>/sharing/people/<int:person_id>/remove", sharing_views.remove),
    path("documents/<int:document_id>/sharing/undo", sharing_views.undo),
    path("documents/<int:document_id>/sharing/links", sharing_views.links),
    path("documents/<int:document_id>/sharing/links/<int:link_id>/revoke", sharing_views.revoke),
    path("document-link/<str:token>", entry_views.entrance),
    path("document-link/<str:token>/accept", entry_views.accept),
]
