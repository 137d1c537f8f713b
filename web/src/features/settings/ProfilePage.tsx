import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useUpdateProfile } from "@/api/own-account";
import { useSession } from "@/api/session";
import { ROLE_WORDS, roleName } from "@/lib/roles";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { PictureNote } from "@/ui/PictureNote";
import { FormFault } from "@/ui/FormFault";
import { announce } from "@/ui/LiveRegion";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function ProfilePage() {
  const { member, workspace } = useSession();
  const update = useUpdateProfile();
  const [name, setName] = useState(member.name ?? "");
  const [picture, setPicture] = useState(member.image_url ?? "");
  const faults = faultsOf(update.error, ["name", "image_url"]);
  const isChanged =
    name.trim() !== (member.name ?? "") || picture.trim() !== (member.image_url ?? "");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isChanged) return;
    const address = picture.trim();
    const body = {
      ...(name.trim() !== (member.name ?? "") && { name: name.trim() }),
      ...(address !== (member.image_url ?? "") && { image_url: address === "" ? null : address }),
    };
    update.mutate(body, { onSuccess: () => announce("Profile saved") });
  };
  return (
    <>
      <Section title="Who you are" text="Your team and your customers see this.">
        <form className={styles.form} onSubmit={submit}>
          <FormFault>{faults.rest}</FormFault>
          <Avatar name={name === "" ? member.email : name} src={picture} size={64} />
          <Field
            label="Name"
            autoComplete="name"
            required
            maxLength={255}
            dir="auto"
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={faults.of["name"]}
          />
          <Field
            label="Address of a picture"
            type="url"
            placeholder="https://"
            hint={
              <>
                Without a picture your initials stand for you.
                <PictureNote address={picture} />
              </>
            }
            maxLength={2048}
            value={picture}
            onChange={(event) => setPicture(event.target.value)}
            error={faults.of["image_url"]}
          />
          <div className={styles.actions}>
            <Button type="submit" variant="primary" disabled={!isChanged} isBusy={update.isPending}>
              Save
            </Button>
            {update.isSuccess && !isChanged && <span className={styles.quiet}>Saved</span>}
          </div>
        </form>
      </Section>
      <Section
        title="Where you are a member"
        text={
          <>
            <bdi>{member.email}</bdi> is {ROLE_WORDS[member.role].article}{" "}
            {ROLE_WORDS[member.role].name} of <bdi>{workspace.name}</bdi>. {roleName(member.role)}s
            may do this: {ROLE_WORDS[member.role].may}.
          </>
        }
      />
    </>
  );
}
