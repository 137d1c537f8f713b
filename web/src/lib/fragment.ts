import { useEffect, useState } from "react";

/**
 * The token behind the # of a link, which browsers send to no server. It is taken out of the
 * address at once, so that neither the history nor a picture of the screen has it.
 */
export function useFragmentToken(): string {
  const [token] = useState(() => location.hash.slice(1));
  useEffect(() => {
    if (location.hash === "") return;
    history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  return token;
}
