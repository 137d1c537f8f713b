import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useChange } from "./change";
import { appApi, setCsrfToken, take, takeAll } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import { sessionQuery } from "./session";

type Schemas = components["schemas"];

// What a member changes of themselves.

export function useUpdateProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ProfilePatch"]) => take(appApi.PATCH("/profile", { body })),
    onSuccess: (member) => {
      client.setQueryData(sessionQuery.queryKey, (session) =>
        session ? { ...session, member: { ...session.member, ...member } } : session,
      );
      void client.invalidateQueries({ queryKey: keys.members });
    },
  });
}

export function useSetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PasswordChange"]) => take(appApi.POST("/password", { body })),
    onSuccess: (session) => {
      setCsrfToken(session.csrf_token, session.member.id);
      client.setQueryData(sessionQuery.queryKey, session);
      void client.invalidateQueries({ queryKey: keys.ownSessions });
    },
  });
}

export function useStartSecondFactor() {
  return useMutation({
    mutationFn: (body: Schemas["SecondFactorStart"]) =>
      take(appApi.POST("/second-factor", { body })),
    gcTime: 0,
  });
}

/** The session says that it is on only once `refresh` is called: the codes are shown before. */
export function useConfirmSecondFactor() {
  return useMutation({
    mutationFn: (body: Schemas["SecondFactorConfirm"]) =>
      take(appApi.POST("/second-factor/confirm", { body })),
    gcTime: 0,
  });
}

export const useEndSecondFactor = () =>
  useChange(
    (body: Schemas["SecondFactorEnd"]) => takeAll(appApi.DELETE("/second-factor", { body })),
    [keys.session],
  );

export const useOwnSessions = () =>
  useQuery({
    queryKey: keys.ownSessions,
    queryFn: async ({ signal }) => (await take(appApi.GET("/sessions", { signal }))).data,
    staleTime: 0,
  });

export const useEndSession = () =>
  useChange(
    (id: string) => takeAll(appApi.DELETE("/sessions/{id}", { params: { path: { id } } })),
    [keys.ownSessions],
  );

export const useEndOtherSessions = () =>
  useChange(() => takeAll(appApi.DELETE("/sessions")), [keys.ownSessions]);
