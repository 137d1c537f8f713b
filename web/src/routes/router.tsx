import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { inboxSearch } from "@/lib/search-params";
import { Splash } from "@/ui/Spinner";
import { NotFound } from "./NotFound";
import { RouteError } from "./RouteError";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound });

/** All that is seen by members alone. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.query({ ...sessionQuery, staleTime: "static" });
    if (session === null) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
  },
  component: lazyRouteComponent(() => import("./app"), "AppFrame"),
});

const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: "/inbox/$view", params: { view: "needs-response" } });
  },
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: "/inbox/$view",
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => import("./inbox"), "InboxPage"),
});

// The thread is a child, so that the frame with its list stays as threads come and go.
const thread = createRoute({ getParentRoute: () => inbox, path: "/$threadId" });

const contact = createRoute({
  getParentRoute: () => app,
  path: "/contacts/$id",
  component: lazyRouteComponent(() => import("./contact"), "ContactRoute"),
});

const company = createRoute({
  getParentRoute: () => app,
  path: "/companies/$id",
  component: lazyRouteComponent(() => import("./company"), "CompanyRoute"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings/$page",
  component: lazyRouteComponent(() => import("./settings"), "SettingsRoute"),
});

const settingsHome = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: "/settings/$page", params: { page: "profile" }, replace: true });
  },
});

const search = createRoute({
  getParentRoute: () => app,
  path: "/search",
  component: lazyRouteComponent(() => import("./later"), "SearchRoute"),
});

const overview = createRoute({
  getParentRoute: () => app,
  path: "/overview",
  component: lazyRouteComponent(() => import("./later"), "OverviewRoute"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  // Only a path of ours: an address elsewhere must not follow a sign-in.
  validateSearch: (raw: Record<string, unknown>): { next?: string } => {
    const next = raw["next"];
    return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
  },
  component: lazyRouteComponent(() => import("./sign-in"), "SignInRoute"),
});

const signInLink = createRoute({
  getParentRoute: () => root,
  path: "/sign-in-link",
  component: lazyRouteComponent(() => import("./sign-in-link"), "SignInLinkRoute"),
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  component: lazyRouteComponent(() => import("./invite"), "InviteRoute"),
});

const firstRun = createRoute({
  getParentRoute: () => root,
  path: "/first-run",
  component: lazyRouteComponent(() => import("./first-run"), "FirstRunRoute"),
});

const tree = root.addChildren([
  app.addChildren([
    home,
    inbox.addChildren([thread]),
    contact,
    company,
    settingsHome,
    settings,
    search,
    overview,
  ]),
  signIn,
  signInLink,
  invite,
  firstRun,
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPendingComponent: Splash,
    defaultErrorComponent: RouteError,
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
