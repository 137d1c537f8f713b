import { useParams } from "@tanstack/react-router";
import { CompanyPage } from "@/features/side/CompanyPage";
import { Pane } from "./Pane";

export function CompanyRoute() {
  const { id = "" } = useParams({ strict: false });
  return (
    <Pane name="This page" resetKey={id}>
      <CompanyPage id={id} />
    </Pane>
  );
}
