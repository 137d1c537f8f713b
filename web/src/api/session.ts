import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import { forgetEverything } from "./cache";
import { appApi, sessionEnded, setCsrfToken, take } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Session } from "./types";

type Schemas = components["schemas"];

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await take(appApi.GET("/session", { signal }));
      setCsrfToken(session.csrf_token, session.member.id);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  gcTime: Infinity,
});

/** Who is signed in, within pages that nobody else sees. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("You are not signed in.");
  return data;
}

export function useMe(): Session["member"] {
  return useSession().member;
}

/** Takes over an answer that begins a session. Another member's things are forgotten first. */
function beginSession(client: QueryClient, session: Session): void {
  const before = client.getQueryData<Session | null>(keys.session);
  if (before && before.member.id !== session.member.id) forgetEverything(client);
  client.setQueryData(keys.session, session);
  setCsrfToken(session.csrf_token, session.member.id);
  if (before) void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" });
}

/** After a session ended: takes over the one that another tab has begun, if it is one's own. */
export async function rejoinSession(client: QueryClient): Promise<void> {
  const before = client.getQueryData<Session | null>(keys.session);
  const session = await take(appApi.GET("/session"));
  if (before?.member.id === session.member.id) beginSession(client, session);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SignIn"]) => take(appApi.POST("/session", { body })),
    onSuccess: (session) => beginSession(client, session),
  });
}

export function useSignInByLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SignInByLink"]) => take(appApi.POST("/session/by-link", { body })),
    onSuccess: (session) => beginSession(client, session),
  });
}

export function useSignInByInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SignInByInvite"]) =>
      take(appApi.POST("/session/by-invite", { body })),
    onSuccess: (session) => beginSession(client, session),
  });
}

/** What the token of a link is for. Looking does not use it up. */
export function useLink(token: string) {
  return useQuery({
    queryKey: ["link", token],
    queryFn: ({ signal }) => take(appApi.POST("/links", { body: { token }, signal })),
    enabled: token !== "",
    staleTime: Infinity,
  });
}

export function useRequestLink() {
  return useMutation({
    mutationFn: (body: Schemas["LinkRequest"]) => take(appApi.POST("/sign-in-links", { body })),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(appApi.DELETE("/session")),
    onSuccess: () => {
      setCsrfToken(null, null);
      sessionEnded.set(false);
      forgetEverything(client);
      // A whole new page: nothing of one person may be in memory for the next.
      location.assign("/sign-in");
    },
  });
}
