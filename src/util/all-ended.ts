/** As Promise.all, but where one of them rejects the others are waited for too: nothing goes on behind whoever called. */
export async function allEnded<T extends readonly unknown[]>(promises: {
  readonly [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}
