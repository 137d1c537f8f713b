import { useParams } from "@tanstack/react-router";
import { FirstRunPage } from "@/features/sign-in/FirstRunPage";
import { Pane } from "./Pane";

export function FirstRunRoute() {
  const { token = "" } = useParams({ strict: false });
  return (
    <Pane name="This page" resetKey={token}>
      <FirstRunPage token={token} />
    </Pane>
  );
}
