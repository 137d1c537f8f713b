import { Link } from "@tanstack/react-router";

export function HomeLink() {
  return <Link to="/">Go to the inbox</Link>;
}
