import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./api/query-client";
import "./base.css";
import { ActionsProvider } from "./lib/actions";
import { followVisibleWindow } from "./lib/visible-window";
import { makeRouter } from "./routes/router";
import "./tokens.css";
import { LiveRegion } from "./ui/LiveRegion";
import { TooltipProvider } from "./ui/Tooltip";

const client = makeQueryClient();
const router = makeRouter(client);

followVisibleWindow();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <ActionsProvider>
          <TooltipProvider>
            <RouterProvider router={router} />
            <LiveRegion />
          </TooltipProvider>
        </ActionsProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
