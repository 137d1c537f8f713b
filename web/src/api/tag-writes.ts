import { useChange } from "./change";
import { takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Tag, TagGroup } from "./types";

type Schemas = components["schemas"];

const at = (id: string) => ({ params: { path: { id } } });

export const useCreateTag = () =>
  useChange((body: Schemas["TagCreate"]) => takeAll(v2.POST("/tags", { body })), [keys.tags]);

export const useUpdateTag = () =>
  useChange(
    ({ tag, body }: { tag: Tag; body: Schemas["TagPatch"] }) =>
      takeAll(v2.PATCH("/tags/{id}", { ...at(tag.id), body })),
    [keys.tags],
    ({ tag }) => `Changed the tag ${tag.name}`,
  );

export const useDeleteTag = () =>
  useChange(
    (tag: Tag) => takeAll(v2.DELETE("/tags/{id}", at(tag.id))),
    [keys.tags],
    (tag) => `Deleted the tag ${tag.name}`,
  );

export const useCreateTagGroup = () =>
  useChange(
    (body: Schemas["TagGroupCreate"]) => takeAll(v2.POST("/tags/groups", { body })),
    [keys.tagGroups],
  );

export const useUpdateTagGroup = () =>
  useChange(
    ({ group, body }: { group: TagGroup; body: Schemas["TagGroupPatch"] }) =>
      takeAll(v2.PATCH("/tags/groups/{id}", { ...at(group.id), body })),
    [keys.tagGroups],
    ({ group }) => `Changed the group ${group.name}`,
  );

export const useDeleteTagGroup = () =>
  useChange(
    (group: TagGroup) => takeAll(v2.DELETE("/tags/groups/{id}", at(group.id))),
    [keys.tagGroups],
    (group) => `Deleted the group ${group.name}`,
  );
