/** Between which bounds a fact makes sense: the same for what is read on a machine and what comes in a file. */

import { GiB, KiB, MiB } from "../lib/units.ts";

/** More CPUs than any kernel is built for (Linux: NR_CPUS_RANGE_END is 8192). */
export const CPUS_MAX = 16_384;
/** The smallest quota of the kernel: 1 ms of a 1 s period (Documentation/scheduler/sched-bwc.rst). */
export const CPUS_MIN = 0.001;
/** Linux knows at most 1024 memory nodes (CONFIG_NODES_SHIFT is 10 at most). */
export const NODES_MAX = 1024;

/** Docker refuses less than 6 MiB and no JavaScript runtime starts in it: a smaller figure is nonsense. */
export const MEMORY_MIN_BYTES = MiB(4);
/** 1 PiB: 16 times the largest machine sold; "no limit" of cgroup version 1, near 2^63, is far above. */
export const MEMORY_MAX_BYTES = GiB(1024 ** 2);
/** Base pages of every architecture that Linux runs on lie between. */
export const PAGE_MIN_BYTES = KiB(4);
export const PAGE_MAX_BYTES = KiB(256);
/** More than any CPU has (AMD EPYC 9684X: 1.1 GiB in all). */
export const CACHE_MAX_BYTES = GiB(8);
/** As many 2 MiB pages as MEMORY_MAX_BYTES holds. */
export const HUGE_PAGES_MAX = MEMORY_MAX_BYTES / MiB(2);

/** The kernel keeps the backlog in an int. */
export const SOMAXCONN_MAX = 2 ** 31 - 1;
/** A process with fewer files than this cannot have started. */
export const NOFILE_MIN = 16;
/** The highest fs.nr_open that the kernel accepts on 64-bit (fs/file.c, sysctl_nr_open_max). */
export const NOFILE_MAX = 2_147_483_584;
