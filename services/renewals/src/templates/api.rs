//! The RPCs of templates: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, template_service_server::TemplateService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl TemplateService for App {
    async fn list_templates(
        &self,
        request: Request<proto::ListTemplatesRequest>,
    ) -> Result<Response<proto::ListTemplatesResponse>, Status> {
        serve(self, request, super::list_templates).await
    }

    async fn create_template(
        &self,
        request: Request<proto::CreateTemplateRequest>,
    ) -> Result<Response<proto::CreateTemplateResponse>, Status> {
        serve(self, request, super::create_template).await
    }

    async fn get_template(
        &self,
        request: Request<proto::GetTemplateRequest>,
    ) -> Result<Response<proto::GetTemplateResponse>, Status> {
        serve(self, request, super::get_template).await
    }

    async fn replace_template(
        &self,
        request: Request<proto::ReplaceTemplateRequest>,
    ) -> Result<Response<proto::ReplaceTemplateResponse>, Status> {
        serve(self, request, super::replace_template).await
    }

    async fn preview_template(
        &self,
        request: Request<proto::PreviewTemplateRequest>,
    ) -> Result<Response<proto::PreviewTemplateResponse>, Status> {
        serve(self, request, super::preview_template).await
    }
}
