import { describe, expect, it } from "vitest";
import { ApiError } from "./errors";
import { faultsOf, waitWords } from "./form-faults";

const refused = (...issues: string[]) =>
  new ApiError(400, "validation_failed", "The request is not valid.", issues);

describe("faults of a form", () => {
  it("stand at their fields, all of them", () => {
    const faults = faultsOf(
      refused("email: must be an e-mail address", "password: too short", "password: too common"),
      ["email", "password"],
    );
    expect(faults.of).toEqual({
      email: "Must be an e-mail address.",
      password: "Too short. Too common.",
    });
    expect(faults.rest).toBeNull();
  });

  it("within a field are the field's", () => {
    expect(faultsOf(refused("allowed_ips.0: is no address"), ["allowed_ips"]).of).toEqual({
      allowed_ips: "Is no address.",
    });
    expect(faultsOf(refused("allowed_ips[1]: is none"), ["allowed_ips"]).of).toEqual({
      allowed_ips: "Is none.",
    });
  });

  it("of no field that is shown are said beside", () => {
    expect(faultsOf(refused("token: is empty"), ["email"])).toEqual({
      of: {},
      rest: "Token: is empty.",
    });
  });

  it("say how long to wait", () => {
    const error = new ApiError(429, "rate_limited", "Too many.", [], 130);
    expect(faultsOf(error, []).rest).toBe("Too many tries. Try again in 3 minutes.");
  });

  it("are none without an error", () => expect(faultsOf(null, []).rest).toBeNull());
});

it.each([
  [1, "1 second"],
  [40.2, "41 seconds"],
  [91, "2 minutes"],
  [3600, "60 minutes"],
  [7300, "3 hours"],
])("says %d seconds", (seconds, words) => expect(waitWords(seconds)).toBe(words));
