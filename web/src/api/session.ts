import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import type { FirstRun, Session, SignIn } from "./app-types";
import { forgetEverything } from "./cache";
import { app, sessionEnded, setCsrfToken } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await app<Session>("GET", "/session", undefined, signal);
      setCsrfToken(session.csrf_token);
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
function begin(client: QueryClient, session: Session): void {
  const before = client.getQueryData<Session | null>(keys.session);
  if (before && before.member.id !== session.member.id) forgetEverything(client);
  setCsrfToken(session.csrf_token);
  client.setQueryData(keys.session, session);
  if (before) void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (words: SignIn) => app<Session>("POST", "/session", words),
    onSuccess: (session) => begin(client, session),
  });
}

export function useSignInByLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => app<Session>("POST", "/session", { token }),
    onSuccess: (session) => begin(client, session),
  });
}

export function useFirstRun(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (words: FirstRun) =>
      app<Session>("POST", `/first-run/${encodeURIComponent(token)}`, words),
    onSuccess: (session) => begin(client, session),
  });
}

export function useAcceptInvite(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (words: { name: string; password: string }) =>
      app<Session>("POST", `/invites/${encodeURIComponent(token)}`, words),
    onSuccess: (session) => begin(client, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => app<null>("DELETE", "/session"),
    onSuccess: () => {
      setCsrfToken(null);
      sessionEnded.set(false);
      forgetEverything(client);
      // A whole new page: nothing of one person may be in memory for the next.
      location.assign("/sign-in");
    },
  });
}
