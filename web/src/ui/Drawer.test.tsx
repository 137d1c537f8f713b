import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { Drawer } from "./Drawer";
import { EditableText } from "./EditableText";
import { TooltipProvider } from "./Tooltip";

function Details({ onSave }: { onSave: (text: string) => void }) {
  const [isOpen, setOpen] = useState(true);
  return (
    <TooltipProvider>
      <Drawer open={isOpen} onOpenChange={setOpen} label="Details">
        <EditableText label="Name" value="Ada" onSave={onSave} />
      </Drawer>
    </TooltipProvider>
  );
}

it("stays as Esc leaves a text in it as it was, and closes by the next one", async () => {
  const onSave = vi.fn();
  render(<Details onSave={onSave} />);
  await userEvent.click(screen.getByRole("button", { name: /^Edit name/ }));
  await userEvent.keyboard("Grace{Escape}");
  expect(screen.getByRole("dialog", { name: "Details" })).toBeTruthy();
  await waitFor(() =>
    expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Edit name/ })),
  );
  expect(onSave).not.toHaveBeenCalled();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("has a button that closes it, for those who have no Esc", async () => {
  render(<Details onSave={vi.fn()} />);
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});
