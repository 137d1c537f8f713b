import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { page } from "@/lib/page";
import { forgetStored, readStored, writeStored } from "@/lib/stored";
import { forgetEverything } from "./cache";
import { appApi, sessionEnded, setCsrfToken, take } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Session } from "./types";

type Schemas = components["schemas"];

/** By which tabs know whose session the browser has. */
const MEMBER = "member";

function holdSession({ csrf_token, member }: Session): void {
  setCsrfToken(csrf_token, member.id);
  if (readStored(MEMBER) !== member.id) writeStored(MEMBER, member.id);
}

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await take(appApi.GET("/session", { signal }));
      holdSession(session);
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
export function beginSession(client: QueryClient, session: Session): void {
  const before = client.getQueryData<Session | null>(keys.session);
  if (before && before.member.id !== session.member.id) forgetEverything(client);
  client.setQueryData(keys.session, session);
  holdSession(session);
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

/**
 * Signs out, once what this browser alone has kept is saved, and leaves nothing of who was signed
 * in behind.
 */
export function useSignOut(saveFirst: () => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    // Without a network it fails, rather than to be done when nobody looks any more.
    networkMode: "always",
    mutationFn: async () => {
      await saveFirst();
      await take(appApi.DELETE("/session")).catch((error: unknown) => {
        // Whose session has ended is signed out.
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
      });
    },
    onSuccess: () => {
      setCsrfToken(null, null);
      sessionEnded.set(false);
      forgetEverything(client);
      forgetStored(isPersonal);
      // A whole new page: nothing of one person may be in memory for the next.
      page.goTo("/sign-in");
    },
  });
}

// Unsent texts that are not saved stay for their writer; all that are saved are gone already.
const isPersonal = (name: string): boolean => name === MEMBER || name.startsWith("images.");

/** Tabs share the cookie of a session: when another tab signs out, or in, this one is as old. */
export function useFollowSession(): void {
  const { id } = useMe();
  useEffect(() => {
    const check = (): void => {
      if (readStored(MEMBER) !== id) page.reload();
    };
    const onStorage = ({ key }: StorageEvent): void => {
      if (key === `looplane.${MEMBER}`) check();
    };
    // A browser may keep a page as it was, and show it again to whoever presses Back.
    const onShow = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) check();
    };
    window.addEventListener("storage", onStorage);
    window.addEventListener("pageshow", onShow);
    return () => {
      window.removeEventListener("storage", onStorage);
      window.removeEventListener("pageshow", onShow);
    };
  }, [id]);
}
