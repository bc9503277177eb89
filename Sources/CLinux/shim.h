#pragma once

// Never define _GNU_SOURCE here: it changes types that other modules have seen without it.
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
