/* Pages of their own are for those who are logged in. */
#include "../api/http.h"

#include <string.h>

int session_middleware(const struct request *request, struct visitor *visitor, struct response *response)
{
    if (strcmp(request->path, "/profile") != 0 || (visitor && visitor->logged_in))
        return 0;
    answer(response, 401, "log in first");
    return 401;
}
