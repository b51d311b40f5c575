"""The pages for people: /docs, written from the OpenAPI document, and the document itself."""
