// The set-up interface of the emulated GitHub.

/** Opens the set-up interface. */
export type Admin = <T>(path: string, body?: unknown) => Promise<T>;

export const adminOf =
  (url: string, token?: string): Admin =>
  async (path, body) => {
    const response = await fetch(`${url}/_cutwater/${path}`, {
      ...(token && { headers: { authorization: `Bearer ${token}` } }),
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as never;
  };
