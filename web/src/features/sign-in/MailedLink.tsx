import { useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useRequestLink } from "@/api/session";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import styles from "./sign-in.module.css";

/** Another way in, for who has no password or has forgotten it. */
export function MailedLink({
  email,
  workspaceId,
}: {
  email: string;
  workspaceId?: string | undefined;
}) {
  const request = useRequestLink();
  const [isAddressMissing, setAddressMissing] = useState(false);
  const faults = faultsOf(request.error, []);
  const address = email.trim();
  if (request.isSuccess && request.variables.email === address) {
    return (
      <p role="status" className={styles.text}>
        If a member has the address <strong dir="ltr">{address}</strong>, a link is on its way to
        it. It signs in once, for a short time.
      </p>
    );
  }
  return (
    <div className={styles.actions}>
      <FormFault>
        {isAddressMissing && address === "" ? "Fill in your e-mail first." : faults.rest}
      </FormFault>
      <Button
        variant="quiet"
        isBusy={request.isPending}
        onClick={() => {
          setAddressMissing(address === "");
          if (address === "") return;
          request.mutate({
            email: address,
            ...(workspaceId !== undefined && { workspace_id: workspaceId }),
          });
        }}
      >
        Mail me a link instead
      </Button>
    </div>
  );
}
