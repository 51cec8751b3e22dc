//! The data models inside the binary: those of the Common Information Model that detections use most.

use std::sync::{Arc, LazyLock};

use super::Model;

const FILES: [(&str, &str); 7] = [
    ("Authentication", include_str!("../../../../knowledge/default/data/models/Authentication.json")),
    ("Change", include_str!("../../../../knowledge/default/data/models/Change.json")),
    ("Email", include_str!("../../../../knowledge/default/data/models/Email.json")),
    ("Endpoint", include_str!("../../../../knowledge/default/data/models/Endpoint.json")),
    ("Network_Resolution", include_str!("../../../../knowledge/default/data/models/Network_Resolution.json")),
    ("Network_Traffic", include_str!("../../../../knowledge/default/data/models/Network_Traffic.json")),
    ("Web", include_str!("../../../../knowledge/default/data/models/Web.json")),
];

static MODELS: LazyLock<Vec<Arc<Model>>> = LazyLock::new(|| {
    // A test reads them all.
    FILES.iter().filter_map(|(name, text)| Model::read(name, text).ok()).map(Arc::new).collect()
});

/// All of them.
pub(crate) fn shipped() -> &'static [Arc<Model>] {
    &MODELS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_model_whose_searches_and_expressions_are_read() {
        assert_eq!(shipped().len(), FILES.len());
        for model in shipped() {
            for dataset in &model.datasets {
                super::super::expand::check(dataset)
                    .unwrap_or_else(|error| panic!("{}: {error}", dataset.name));
            }
        }
    }
}
