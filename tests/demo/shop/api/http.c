/* As much of HTTP/1.1 as one form needs: a request a connection. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *header(const char *head, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
            return line + 3 + length + strspn(line + 3 + length, " ");
    return "";
}

int read_request(int connection, struct request *request)
{
    char text[4096];
    size_t used = 0, wanted = sizeof text - 1;
    memset(request, 0, sizeof *request);
    while (used < wanted) {
        ssize_t got = read(connection, text + used, wanted - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        text[used] = '\0';
        char *end = strstr(text, "\r\n\r\n");
        if (end) {
            size_t whole = (size_t)(end + 4 - text) + strtoul(header(text, "Content-Length"), NULL, 10);
            wanted = whole < sizeof text - 1 ? whole : sizeof text - 1;
        }
    }
    text[used] = '\0';
    char *end = strstr(text, "\r\n\r\n");
    if (!end || sscanf(text, "%7s %127s", request->method, request->path) != 2)
        return -1;
    snprintf(request->body, sizeof request->body, "%s", end + 4);
    end[2] = '\0'; /* the head ends with its last line */
    sscanf(header(text, "Cookie"), "visitor=%127[0-9a-f]", request->cookie);
    return 0;
}

void write_response(int connection, const struct response *response)
{
    char text[4096], cookie[192] = "";
    if (response->cookie[0])
        snprintf(cookie, sizeof cookie, "Set-Cookie: visitor=%s; HttpOnly; SameSite=Lax\r\n", response->cookie);
    int length = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n%s",
        response->status, response->status < 400 ? "OK" : "Refused", strlen(response->body), cookie, response->body);
    for (int sent = 0; sent < length;) {
        ssize_t wrote = write(connection, text + sent, (size_t)(length - sent));
        if (wrote <= 0)
            return;
        sent += (int)wrote;
    }
}

void form_field(const char *body, const char *name, char *value, unsigned long size)
{
    size_t length = strlen(name);
    value[0] = '\0';
    for (const char *field = body; field; field = strchr(field, '&') ? strchr(field, '&') + 1 : NULL)
        if (strncmp(field, name, length) == 0 && field[length] == '=') {
            snprintf(value, size, "%.*s", (int)strcspn(field + length + 1, "&"), field + length + 1);
            return;
        }
}

void answer(struct response *response, int status, const char *body)
{
    response->status = status;
    snprintf(response->body, sizeof response->body, "%s", body);
}
