import { UserRoundX } from "lucide-react";
import { useMemo } from "react";
import { useTeam } from "@/api/lookups";
import { useMe } from "@/api/session";
import type { UserRef } from "@/api/types";
import { Avatar } from "@/ui/Avatar";
import { Combobox } from "@/ui/Combobox";
import { type PickerProps, given } from "./picker-props";

const NOBODY = "";

/** Picks a member who can be assigned, or nobody; who is signed in stands first. */
export function AssigneePicker({
  value,
  onPick,
  ...rest
}: PickerProps & {
  /** The id of who is assigned. */
  value: string | null;
  onPick: (member: UserRef | null) => void;
}) {
  const me = useMe();
  const { data: members } = useTeam();
  const items = useMemo(() => {
    const able = (members ?? []).filter((member) => member.role !== "VIEWER");
    const rank = (id: string): number => (id === me.id ? 0 : 1);
    able.sort(
      (a, b) => rank(a.id) - rank(b.id) || (a.name ?? a.email).localeCompare(b.name ?? b.email),
    );
    return [
      ...able.map((member) => ({
        id: member.id,
        label: member.name ?? member.email,
        detail: member.id === me.id ? "you" : member.name === null ? "" : member.email,
        icon: <Avatar name={member.name ?? member.email} src={member.image_url} size={20} />,
      })),
      { id: NOBODY, label: "Nobody", icon: <UserRoundX size={20} aria-hidden /> },
    ];
  }, [members, me.id]);
  return (
    <Combobox
      {...given(rest)}
      label="Assignee"
      placeholder="Assign to…"
      items={items}
      value={[value ?? NOBODY]}
      onChange={([id = NOBODY]) => {
        const member = members?.find((one) => one.id === id);
        const picked = member
          ? {
              id: member.id,
              name: member.name,
              email: member.email,
              image_url: member.image_url,
            }
          : null;
        if ((picked?.id ?? null) !== value) onPick(picked);
      }}
    />
  );
}
