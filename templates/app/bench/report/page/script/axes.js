/** Ranges, ticks and texts of axes. */

const NINES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

/** @returns {[number, number]} the ends of an axis for values between these */
export function rangeOf(axis, low, high) {
  if (axis.scale === "nines") return [1, Math.max(10, high)];
  if (axis.scale === "log") return [low / 1.3, high * 1.3];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [axis.from_zero ? Math.min(0, low) : Math.max(0, low - room), high + room];
}

/** Ticks of the axes whose steps are factors; undefined: the plot's own, which are even. */
export function ticksOf(axis, low, high) {
  if (axis.scale === "nines") return NINES.filter((tick) => tick <= high * 1.001);
  if (axis.scale !== "log") return undefined;
  const ticks = [];
  const factors = high / low > 1000 ? [1] : high / low > 60 ? [1, 3] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of factors) {
      // Powers of ten below 1 are not exact, and their texts would show it.
      const tick = Number((factor * 10 ** power).toPrecision(3));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** "98k", "1.4 ms", "99.9 %". */
export function tickText(axis, value) {
  if (axis.scale === "nines") return `${Number((100 * (1 - 1 / value)).toFixed(6))} %`;
  if (axis.unit === "µs") return durationText(value);
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(Number(value.toPrecision(4)));
}

export function axisText(axis) {
  // Durations carry their unit at each tick, because it changes along the axis.
  return axis.unit === "" || axis.unit === "µs" ? axis.label : `${axis.label}, ${axis.unit}`;
}

export function valueText(axis, value) {
  if (value === null || value === undefined) return "";
  if (axis.scale === "nines") return tickText(axis, value);
  if (axis.unit === "µs") return durationText(value);
  const text = value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(4)));
  return axis.unit === "" ? text : `${text} ${axis.unit}`;
}

function durationText(us) {
  if (us >= 1e6) return `${Number((us / 1e6).toPrecision(3))} s`;
  if (us >= 1e3) return `${Number((us / 1e3).toPrecision(3))} ms`;
  return `${Number(us.toPrecision(3))} µs`;
}
