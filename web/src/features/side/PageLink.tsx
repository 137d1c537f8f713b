import { useNavigate } from "@tanstack/react-router";
import { SquareArrowOutUpRight } from "lucide-react";
import { IconButton } from "@/ui/IconButton";

/** Leads from a thread to the page of its contact or its company. */
export function PageLink({
  label,
  to,
  id,
}: {
  label: string;
  to: "contact" | "company";
  id: string;
}) {
  const navigate = useNavigate();
  return (
    <IconButton
      label={label}
      icon={<SquareArrowOutUpRight size={16} />}
      onClick={() =>
        void navigate({ to: to === "contact" ? "/contacts/$id" : "/companies/$id", params: { id } })
      }
    />
  );
}
