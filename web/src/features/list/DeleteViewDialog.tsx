import { useNavigate } from "@tanstack/react-router";
import { messageOf } from "@/api/errors";
import type { View } from "@/api/types";
import { useDeleteView } from "@/api/views";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

export function DeleteViewDialog({ view, onClose }: { view: View; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteView(view.id);
  const run = (): void =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        void navigate({ to: "/inbox/$view", params: { view: "open" }, search: {} });
      },
    });
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Delete “${view.name}”`}
      text={
        view.is_shared
          ? "It goes for everyone in the team. Threads stay as they are."
          : "Threads stay as they are."
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" isBusy={remove.isPending} onClick={run}>
            Delete view
          </Button>
        </>
      }
    >
      {remove.error && <p role="alert">It was not deleted. {messageOf(remove.error)}</p>}
    </Dialog>
  );
}
