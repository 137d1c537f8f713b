import { Component, type ReactNode, Suspense } from "react";
import { messageOf } from "@/api/errors";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Splash } from "@/ui/Spinner";

interface Props {
  /** What is in it, as words: "The list of threads". */
  name: string;
  /** With another one the pane begins anew: the thread that it shows. */
  resetKey?: string | undefined;
  children: ReactNode;
}

/** Keeps an error, and the wait for code, within one part of the screen. */
export class Pane extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.error !== null && before.resetKey !== this.props.resetKey) {
      this.setState({ error: null });
    }
  }

  override render(): ReactNode {
    const { name, children } = this.props;
    if (this.state.error !== null) {
      return (
        <ErrorPanel
          title={`${name} could not be shown`}
          kept="What was saved before is kept. The rest of the page still works."
          onRetry={() => this.setState({ error: null })}
        >
          {messageOf(this.state.error)}
        </ErrorPanel>
      );
    }
    return <Suspense fallback={<Splash />}>{children}</Suspense>;
  }
}
