import { useQuery } from "@tanstack/react-query";
import { take, v2 } from "./client";

/** The tiers that a company can be in. */
export const useTiers = () =>
  useQuery({
    queryKey: ["company-options"],
    queryFn: ({ signal }) => take(v2.GET("/companies/linear-options", { signal })),
    staleTime: 5 * 60_000,
    select: (options) => options.tiers,
  });
