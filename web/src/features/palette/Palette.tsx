import { Dialog } from "@/ui/Dialog";

export interface PaletteProps {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function Palette({ open, onOpenChange }: PaletteProps) {
  return <Dialog open={open} onOpenChange={onOpenChange} title="Find an action" />;
}
