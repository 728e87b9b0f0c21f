/** Every flag is also an environment variable: LBEX_ and its name in capitals, hyphens as underscores. */
export function withEnvironment<T extends Record<string, object>>(flags: T): T {
  const named = Object.entries(flags).map(([name, flag]) => [name, {...flag, env: variableOf(name)}])
  return Object.fromEntries(named) as T
}

export function variableOf(name: string): string {
  return `LBEX_${name.toUpperCase().replaceAll('-', '_')}`
}
