import { useState } from "react";
import { useCanWrite, useTagGroups, useTags } from "@/api/lookups";
import { useDeleteTag } from "@/api/tag-writes";
import type { Tag, TagGroup } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import { Button } from "@/ui/Button";
import { Loaded } from "./Loaded";
import { RowActions } from "./forms";
import styles from "./parts.module.css";
import { Section } from "./Section";
import { TagForm } from "./TagForm";
import { AddTagGroup, TagGroupActions } from "./TagGroups";

export function TagsPage() {
  const groups = useTagGroups();
  const tags = useTags();
  const canWrite = useCanWrite();
  const known = new Set(groups.data?.map(({ id }) => id));
  const loose = tags.data?.filter((tag) => !known.has(tag.tag_group_id ?? "")) ?? [];
  return (
    <>
      <Section
        title="Groups"
        text={
          canWrite
            ? "Tags stand in groups. What is deleted leaves every thread, and can be undone for a while."
            : "You can read them. Admins and users change them."
        }
      >
        {canWrite && <AddTagGroup />}
        <Loaded
          query={groups}
          what="The groups of tags"
          empty="There is no group yet. Make one, then its tags."
        >
          {() => null}
        </Loaded>
      </Section>
      {groups.data?.map((group) => (
        <Group
          key={group.id}
          group={group}
          groups={groups.data}
          tags={tags.data?.filter((tag) => tag.tag_group_id === group.id) ?? []}
          canWrite={canWrite}
        />
      ))}
      {groups.data && loose.length > 0 && (
        <Section title="In no group">
          <TagList tags={loose} groups={groups.data} canWrite={canWrite} />
        </Section>
      )}
    </>
  );
}

function Group({
  group,
  groups,
  tags,
  canWrite,
}: {
  group: TagGroup;
  groups: readonly TagGroup[];
  tags: readonly Tag[];
  canWrite: boolean;
}) {
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title={group.name}
      action={
        canWrite && (
          <div className={styles.actions}>
            {!isAdding && (
              <Button size="small" onClick={() => setAdding(true)}>
                Add a tag
              </Button>
            )}
            <TagGroupActions group={group} isEmpty={tags.length === 0} />
          </div>
        )
      }
    >
      {isAdding && <TagForm group={group} groups={groups} onClose={() => setAdding(false)} />}
      {tags.length === 0 ? (
        <p className={styles.text}>No tag is in it.</p>
      ) : (
        <TagList tags={tags} groups={groups} canWrite={canWrite} />
      )}
    </Section>
  );
}

function TagList({
  tags,
  groups,
  canWrite,
}: {
  tags: readonly Tag[];
  groups: readonly TagGroup[];
  canWrite: boolean;
}) {
  const sorted = [...tags].sort((one, other) => one.name.localeCompare(other.name));
  return (
    <ul className={styles.list}>
      {sorted.map((tag) => (
        <TagRow key={tag.id} tag={tag} groups={groups} canWrite={canWrite} />
      ))}
    </ul>
  );
}

function TagRow({
  tag,
  groups,
  canWrite,
}: {
  tag: Tag;
  groups: readonly TagGroup[];
  canWrite: boolean;
}) {
  const [isEditing, setEditing] = useState(false);
  const remove = useDeleteTag();
  if (isEditing) {
    return (
      <li className={styles.row}>
        <TagForm tag={tag} groups={groups} onClose={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className={styles.row}>
      <TagIcon tag={tag} size={24} />
      <div className={styles.grow}>
        <bdi>{tag.name}</bdi>
      </div>
      {canWrite && (
        <RowActions
          name={tag.name}
          onChange={() => setEditing(true)}
          onDelete={() => remove.mutate(tag)}
          deleting={remove}
        />
      )}
    </li>
  );
}
