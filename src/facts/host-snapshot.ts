/**
 * What was read of a host, before anything is concluded from it: the input of the parsers and the form of the
 * recorded hosts that test them. It is plain JSON and holds no host name, user name or environment.
 */

/** What the JavaScript runtime says by itself: the fallback where files are absent, and all there is on macOS and Windows. */
export interface RuntimeKnowledge {
  /** os.availableParallelism(): knows affinity, and the cgroup quota only in newer versions. */
  readonly availableParallelism?: number;
  /** os.cpus().length. */
  readonly cpuCount?: number;
  /** os.totalmem(), in bytes: the machine's memory, whatever the container's limit. */
  readonly totalmem?: number;
  /** process.constrainedMemory(), in bytes; 0 or an absurd number when there is no limit. */
  readonly constrainedMemory?: number;
  /** os.release(). */
  readonly release?: string;
  /** The report's header.glibcVersionRuntime; asked for only when /proc/self/maps is not readable. */
  readonly glibcVersion?: string;
}

export interface HostSnapshot {
  /** process.platform */
  readonly os: string;
  /** process.arch */
  readonly arch: string;
  /**
   * Text by absolute path of every file that was readable; an absent file has no key. Long files hold only the lines
   * that the parsers look at (snapshot-files.ts); "/proc/self/auxv" and ACPI tables are hexadecimal.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Paths that exist and whose content says nothing, such as "/.dockerenv". */
  readonly present: readonly string[];
  readonly node: RuntimeKnowledge;
}
