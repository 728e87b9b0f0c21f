/** Gives every flag an environment variable: LBEX_ and its name in capitals, with underscores for hyphens. */
const PREFIX = 'LBEX_'

export function withEnvironment<T extends Record<string, object>>(flags: T, prefix = PREFIX): T {
  const named = Object.entries(flags).map(([name, flag]) => [name, {...flag, env: variableOf(name, prefix)}])
  return Object.fromEntries(named) as T
}

export function variableOf(name: string, prefix = PREFIX): string {
  return prefix + name.toUpperCase().replaceAll('-', '_')
}
