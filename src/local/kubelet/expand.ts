// Kubernetes' $(VAR) references in commands, arguments and values of environment variables.

/** `$(NAME)` becomes its value, or stays as it is when there is none; `$$(NAME)` is an escaped `$(NAME)`. */
export const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$(\$|\(([^()]*)\))/g, (whole, escaped: string, name: string | undefined) => {
    if (escaped === "$") return "$";
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? "") : whole;
  });
