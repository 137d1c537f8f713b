import { Button } from "@/ui/Button";

/** Until when the thread sleeps once the reply is sent. */
export function SnoozeChoice({
  isOpen,
  onOpenChange,
  onPick,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onPick: (until: string) => void;
}) {
  if (!isOpen) return null;
  const at = (days: number): string => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    date.setHours(9, 0, 0, 0);
    return date.toISOString();
  };
  const pick = (days: number) => () => {
    onOpenChange(false);
    onPick(at(days));
  };
  return (
    <>
      <Button onClick={pick(1)}>Tomorrow 9:00</Button>
      <Button onClick={pick(7)}>In a week</Button>
      <Button variant="quiet" onClick={() => onOpenChange(false)}>
        Cancel
      </Button>
    </>
  );
}
