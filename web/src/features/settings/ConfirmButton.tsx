import { type ReactNode, useState } from "react";
import { refusalOf } from "@/api/form-faults";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { FormFault } from "@/ui/FormFault";

/** A button for what cannot simply be taken back: asks once, and says why it was refused. */
export function ConfirmButton({
  label,
  name,
  title,
  text,
  run,
}: {
  /** On the button, here and in the question: "Remove". */
  label: string;
  /** The same, with of whom: "Remove Ada". */
  name: string;
  title: string;
  text: ReactNode;
  run: () => Promise<unknown>;
}) {
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const confirm = (): void => {
    setBusy(true);
    run()
      .then(
        () => setOpen(false),
        (error: unknown) => setFault(refusalOf(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button
        size="small"
        aria-label={name}
        onClick={() => {
          setFault(null);
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={title}
        text={text}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="danger" isBusy={isBusy} onClick={confirm}>
              {label}
            </Button>
          </>
        }
      >
        <FormFault>{fault}</FormFault>
      </Dialog>
    </>
  );
}
