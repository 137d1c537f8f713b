import { Component, type ReactNode, Suspense } from "react";
import { messageOf } from "@/api/errors";
import { isPageOld } from "@/api/page-version";
import { page } from "@/lib/page";
import { Banner } from "@/ui/Banner";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Splash } from "@/ui/Spinner";

interface Props {
  /** What is in it, as words: "The list of threads". */
  name: string;
  /** With another one the pane begins anew: the thread that it shows. */
  resetKey?: string | undefined;
  /** Whether it is no part with a place of its own: nothing waits in it, and an error is a line. */
  isLine?: boolean;
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
    const { name, isLine = false, children } = this.props;
    const { error } = this.state;
    if (error === null) {
      return <Suspense fallback={isLine ? null : <Splash />}>{children}</Suspense>;
    }
    // Code that is gone does not come back by being asked for again.
    const isGone = isPageOld.get();
    const retry = isGone ? page.reload : () => this.setState({ error: null });
    const retryLabel = isGone ? "Reload" : "Try again";
    const title = `${name} could not be shown`;
    const why = isGone ? "Looplane was updated, and this page is old." : messageOf(error);
    if (isLine) {
      return (
        <Banner
          tone="danger"
          actions={
            <Button size="small" onClick={retry}>
              {retryLabel}
            </Button>
          }
        >
          {title}. {why}
        </Banner>
      );
    }
    return (
      <ErrorPanel
        title={title}
        kept="What was saved before is kept. The rest of the page still works."
        retryLabel={retryLabel}
        onRetry={retry}
      >
        {why}
      </ErrorPanel>
    );
  }
}
