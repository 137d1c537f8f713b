// Imported lazily alone: this is every picture there is.
export { icons } from "lucide-react";
