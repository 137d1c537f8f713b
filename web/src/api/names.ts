import { useMemo } from "react";
import { useMembers, useTags } from "./lookups";
import { useMe } from "./session";

/** What ids in a history are called; null for what is gone, or not loaded. */
export interface Names {
  member: (id: string) => string | null;
  tag: (id: string) => string | null;
}

export function useNames(): Names {
  const me = useMe();
  const { data: team } = useMembers();
  const { data: tags } = useTags();
  return useMemo(() => {
    const members = new Map(team?.map((one) => [one.id, one.name ?? one.email]));
    const tagNames = new Map(tags?.map((one) => [one.id, one.name]));
    return {
      member: (id) => (id === me.id ? "You" : (members.get(id) ?? null)),
      tag: (id) => tagNames.get(id) ?? null,
    };
  }, [team, tags, me.id]);
}
