"use strict";
const first = `# 本县逾期事项 everything overdue in this county
{
  overdue(within: "419901000000") {
    consultation { number title jurisdiction { name } }
    duty { zh dueOn daysOverdue rule { law article } }
  }
}
`;
// Until there is sign-in, two headers say who acts.
const headers = JSON.stringify(
  { "x-siyi-person": "00000000-0000-4000-8000-000000000000", "x-siyi-office": "villager" }, null, 2);
const socket = location.origin.replace(/^http/, "ws") + "/graphql/ws";
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql", headers: { "x-siyi-request": "1" }, subscriptionUrl: socket }),
    defaultQuery: first,
    defaultHeaders: headers,
    defaultEditorToolsVisibility: "headers",
  }));
