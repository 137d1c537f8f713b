import { useParams } from "@tanstack/react-router";
import { InvitePage } from "@/features/sign-in/InvitePage";
import { Pane } from "./Pane";

export function InviteRoute() {
  const { token = "" } = useParams({ strict: false });
  return (
    <Pane name="This page" resetKey={token}>
      <InvitePage token={token} />
    </Pane>
  );
}
