export function outputFolder(): string;
