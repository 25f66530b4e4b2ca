export function outputFolder(): string;
export function writesFigures(args?: readonly string[]): boolean;
