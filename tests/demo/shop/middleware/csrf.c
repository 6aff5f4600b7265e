/* A form that changes something must bring back the token that this visitor was given. */
#include "../api/http.h"

#include <string.h>

static int same(const char *given, const char *expected)
{
    return strncmp(given, expected, strlen(given)) == 0;
}

int csrf_middleware(const struct request *request, struct visitor *visitor, struct response *response)
{
    char token[64];
    if (strcmp(request->method, "POST") != 0)
        return 0;
    form_field(request->body, "token", token, sizeof token);
    if (visitor && same(token, visitor->token))
        return 0;
    answer(response, 403, "the form has expired");
    return 403;
}
