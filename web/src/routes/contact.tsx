import { useParams } from "@tanstack/react-router";
import { ContactPage } from "@/features/side/ContactPage";
import { Pane } from "./Pane";

export function ContactRoute() {
  const { id = "" } = useParams({ strict: false });
  return (
    <Pane name="This page" resetKey={id}>
      <ContactPage id={id} />
    </Pane>
  );
}
