// The API's reader: the served contract, with a key of the reader's own to try it.
SwaggerUIBundle({
  url: "/api/v2/openapi.json",
  dom_id: "#reader",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
