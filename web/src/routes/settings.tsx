import { useParams } from "@tanstack/react-router";
import { SettingsPage } from "@/features/settings/SettingsPage";
import { Pane } from "./Pane";

export function SettingsRoute() {
  const { page = "" } = useParams({ strict: false });
  return (
    <Pane name="This page" resetKey={page}>
      <SettingsPage page={page} />
    </Pane>
  );
}
