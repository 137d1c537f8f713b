import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages } from "./all-pages";
import { useChange } from "./change";
import { take, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import type { ApiKey, Invite, Member } from "./types";

type Schemas = components["schemas"];

// What an ADMIN sees and changes of the workspace.

export const useMembers = () =>
  useQuery({
    queryKey: [...keys.members, "list"],
    queryFn: ({ signal }): Promise<Member[]> =>
      allPages((query) => take(v2.GET("/members", { params: { query }, signal }))),
  });

export const useUpdateMember = () =>
  useChange(
    ({ member, role }: { member: Member; role: Member["role"] }) =>
      takeAll(
        v2.PATCH("/members/{user_id}", {
          params: { path: { user_id: member.id } },
          body: { role },
        }),
      ),
    [keys.members],
    ({ member, role }) => `${member.name ?? member.email} is ${role}`,
  );

export const useRemoveMember = () =>
  useChange(
    (member: Member) =>
      takeAll(v2.DELETE("/members/{user_id}", { params: { path: { user_id: member.id } } })),
    [keys.members],
    (member) => `Removed ${member.name ?? member.email}`,
  );

export const useInvites = () =>
  useQuery({
    queryKey: keys.invites,
    queryFn: ({ signal }): Promise<Invite[]> =>
      allPages((query) => take(v2.GET("/members/invites", { params: { query }, signal }))),
  });

export function useCreateInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["InviteCreate"]) => take(v2.POST("/members/invites", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invites }),
    gcTime: 0,
  });
}

export const useDeleteInvite = () =>
  useChange(
    (id: string) => takeAll(v2.DELETE("/members/invites/{id}", { params: { path: { id } } })),
    [keys.invites],
  );

export const useApiKeys = () =>
  useQuery({
    queryKey: keys.apiKeys,
    queryFn: ({ signal }): Promise<ApiKey[]> =>
      allPages((query) => take(v2.GET("/keys", { params: { query }, signal }))),
  });

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["KeyCreate"]) => take(v2.POST("/keys", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
    gcTime: 0,
  });
}

export const useRevokeKey = () =>
  useChange(
    (id: string) => takeAll(v2.DELETE("/keys/{id}", { params: { path: { id } } })),
    [keys.apiKeys],
  );
