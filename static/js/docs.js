// Swagger UI over the API's own description. The token that one enters stays in the page.
const place = document.getElementById("api");

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  // The badge would ask a server on the internet whether the description is valid.
  validatorUrl: null,
});
